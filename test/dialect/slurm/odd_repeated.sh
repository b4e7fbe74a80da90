#!/bin/bash
#SBATCH --time=10 --gres=gpu:1
#SBATCH -t 20
#SBATCH --gres=shard:4
#SBATCH --mail-type=END
#SBATCH --mail-type=FAIL
./a
