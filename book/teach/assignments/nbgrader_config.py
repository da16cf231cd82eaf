"""What nbgrader is told about the course; it reads this where it is called."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "gce"
c.ExecutePreprocessor.timeout = 300  # seconds a cell
