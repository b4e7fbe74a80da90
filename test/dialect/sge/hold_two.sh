#!/bin/bash
#$ -hold_jid 812,813
#$ -h
./post
