import streams

streams.serial()
#-if BOARD_X
print("board x")
#-else
print("another board")
#-endif
