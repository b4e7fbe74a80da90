#!/bin/bash
#$ -q short.q,long.q@node1
#$ -q gpu.q
./a.out
