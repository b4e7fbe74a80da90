#!/bin/bash
#$ -t 1-10
#$ -hold_jid_ad 812
./post
