#!/bin/bash
#PBS -F "--case 7 --verbose input.dat"
echo "$@"
