import streams
import queue

streams.serial()
q = queue.Queue(maxsize=2)
print(q.empty(), q.full(), q.qsize())
q.put(1)
q.put(2)
print(q.empty(), q.full(), q.qsize())
try:
    q.put(3, False)
except QueueFull as e:
    print("full")
try:
    q.put(3, timeout=100)
except QueueFull as e:
    print("still full")
print(q.peek(), q.get(), q.get())

def later():
    sleep(500)
    q.put("late")

thread(later)
print(q.get())
q.put(1)
q.clear()
print(q.qsize())
