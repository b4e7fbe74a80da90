#!/bin/bash
#SBATCH --time=UNLIMITED --priority=TOP --uid=root
./a
