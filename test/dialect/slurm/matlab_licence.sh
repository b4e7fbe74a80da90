#!/bin/bash
#SBATCH --licenses=matlab:1,stats_toolbox
#SBATCH --wckey=campaign7
matlab -batch "run('main.m')"
