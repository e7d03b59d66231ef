import streams

streams.serial()
count = 0
global count
global later
later = 5

def add():
    global count
    count += later

add()
add()
print(count)
