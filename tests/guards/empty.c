/* A program without a test: ctest must say no. */
