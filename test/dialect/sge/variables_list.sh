#!/bin/bash
#$ -v CASE=7,HOME
#$ -v MODE=fast
./a.out
