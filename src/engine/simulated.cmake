# The simulated engine: for the twin and the fault simulator. No I/O.
pentad_library(NAME simulated SOURCES simulated.cc DEPS pentad_base pentad_model pentad_centre)
pentad_tests(NAME simulated SOURCES simulated_test.cc DEPS fmt::fmt)
