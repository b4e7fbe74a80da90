#PBS -N bare
#PBS -l nodes=1:ppn=2,walltime=300

./a.out
