#$-N first
#$  -cwd
# $ -N never
 #$ -N never
##$ -l never=1
#$ -l h_rt=60 # a minute
./a
#$ -l mem=1G
