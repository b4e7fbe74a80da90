#$ -cwd
#$ -l h_rt=60
#$ -soft -l mem_free=9G -hard
./solver
