#!/bin/bash
#SBATCH -J 'two words' --comment="a # b"
#SBATCH --comment="open
#SBATCH -J a\ b
./a
