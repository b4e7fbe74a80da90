#!/bin/bash
#$ -l mem=2G
#$ -l rmem=4G
#$ -l tmpfs=10G
#$ -l h_stack=64M
./a.out
