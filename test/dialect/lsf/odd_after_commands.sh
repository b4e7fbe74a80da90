#!/bin/bash
#BSUB -J first
echo start
#BSUB -P late
echo end
