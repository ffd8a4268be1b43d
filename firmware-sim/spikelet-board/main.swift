import BoardSim

BoardProgram.main()
