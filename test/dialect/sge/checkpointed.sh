#!/bin/bash
#$ -ckpt user
#$ -c sx
#$ -now n
./a.out
