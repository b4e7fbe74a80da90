#!/bin/bash
#$ -i input.txt
#$ -o out/
#$ -e err/
sort
