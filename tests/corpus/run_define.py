import streams

streams.serial()
__define(DELAY, 250)
__define(GREETING, "hello")

def greet():
    print(GREETING, DELAY * 2)

greet()
