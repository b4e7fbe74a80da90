#!/bin/bash
echo first
#$ -N late
python - <<END
#$ -l h_rt=120
END
