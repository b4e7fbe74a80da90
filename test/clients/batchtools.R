# Three jobs through batchtools' own template for Slurm; the sum of what they give goes to a file.
arguments <- commandArgs(trailingOnly = TRUE)
library(batchtools)
registry <- makeRegistry(file.dir = arguments[1], seed = 1)
registry$cluster.functions <- makeClusterFunctionsSlurm(template = "slurm-simple",
                                                        array.jobs = FALSE)
batchMap(function(number) number * number, number = c(3, 4, 5), reg = registry)
submitJobs(resources = list(walltime = 300, memory = 100, ncpus = 1), reg = registry)
stopifnot(waitForJobs(sleep = 1, timeout = 100, reg = registry))
cat(sum(unlist(reduceResultsList(reg = registry))), "\n", file = arguments[2])
