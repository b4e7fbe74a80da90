#!/bin/bash
#$ -cwd please
#$ -nosuch 5
./a.out
