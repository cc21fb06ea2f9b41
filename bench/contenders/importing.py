"""One import in a fresh process; nothing that it may need itself is imported before."""

import sys
import time
from importlib import import_module


def main() -> None:
    """Take the module's name from the command line, after the base URL, and print the report."""
    name = sys.argv[2]
    began, began_cpu = time.perf_counter(), time.process_time()
    import_module(name)
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    print(f'{{"figures": {{"time": [{seconds * 1000}], "CPU": [{cpu * 1000}]}}, "output": {{"imported": true}}}}')


if __name__ == "__main__":
    main()
