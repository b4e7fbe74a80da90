#!/bin/bash
#$ -a 12242200
#$ -r y
#$ -notify
./a.out
