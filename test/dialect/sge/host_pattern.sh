#!/bin/bash
#$ -l h=node1*
./a.out
