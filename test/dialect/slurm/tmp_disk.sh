#!/bin/bash
#SBATCH --tmp=200G
#SBATCH --gres=nvme:1
#SBATCH --time=60
rsync -a in/ $TMPDIR/
