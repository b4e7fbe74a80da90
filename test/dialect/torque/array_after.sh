#!/bin/bash
#PBS -W depend=afterokarray:500[]
./merge
