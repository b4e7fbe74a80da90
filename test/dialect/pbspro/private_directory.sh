#!/bin/bash
#PBS -W sandbox=PRIVATE
#PBS -k oed
pwd
