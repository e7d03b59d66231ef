import streams

streams.serial()

def worker(number, delay):
    for i in range(3):
        sleep(delay)
        print("thread", number, "turn", i)

# the last line of the program is not its end: the threads go on
thread(worker, 1, 100)
thread(worker, 2, 250)
print("main ends")
