#SBATCH --time=10
./a
