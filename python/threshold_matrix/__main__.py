"""The program `threshold-matrix`."""

import signal
import sys

from ._threshold_matrix import run


def main() -> None:
    """Run the program with the arguments of the process, and end with its status."""
    # The program ends as any other where somebody interrupts it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(run(["threshold-matrix", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
