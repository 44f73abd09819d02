"""Run ``python -m clusteratlas``."""

from clusteratlas.cli import main

if __name__ == "__main__":
    main()
