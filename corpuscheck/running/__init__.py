"""Running: tasks over work units, in this process, in threads or in processes; the figures do not depend on it."""
