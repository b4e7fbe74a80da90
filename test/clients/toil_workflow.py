"""A small workflow for toil: two squares in parallel, then their sum into the file $RESULT."""
import os
import sys

from toil.common import Toil
from toil.job import Job


def square(job, number):
    return number * number


def total(job, numbers, path):
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"{sum(numbers)}\n")


def root(job, path):
    small = {"memory": "400M", "cores": 1, "disk": "10M"}
    parts = [job.addChildJobFn(square, number, **small).rv() for number in (3, 4)]
    job.addFollowOnJobFn(total, parts, path, **small)


if __name__ == "__main__":
    parser = Job.Runner.getDefaultArgumentParser()
    options = parser.parse_args()
    options.clean = "always"
    with Toil(options) as toil:
        toil.start(Job.wrapJobFn(root, os.environ["RESULT"], memory="400M", cores=1,
                                 disk="10M"))
    sys.exit(0)
