#!/bin/bash
#$ -P climate
#$ -A label
#$ -p -50
#$ -ac purpose=test
./a.out
