#!/bin/bash
#SBATCH --mail-type=BEGIN,END,FAIL
#SBATCH --mail-type=TIME_LIMIT_80
#SBATCH --mail-user=user@example.org
#SBATCH --time=5:00
true
