import streams
import threading

streams.serial()
lock = threading.Lock()
event = threading.Event()
sem = threading.Semaphore(0)
cond = threading.Condition()
items = []

def worker(name):
    lock.acquire()
    print(name, "has the lock")
    sleep(100)
    lock.release()

t = threading.Thread(target=worker, args=("one",))
u = threading.Thread(target=worker, args=("two",))
print(t.is_alive())
t.start()
sleep(10)
u.start()
print(t.is_alive())
t.join()
u.join()
print(t.is_alive(), lock.acquire(False), lock.acquire(False), lock.acquire(timeout=50))
lock.release()

def waiter():
    print("event", event.wait(), event.is_set())
    sem.release()

thread(waiter)
sleep(10)
print(event.wait(100), sem.acquire(blocking=False), sem.acquire(timeout=100))
event.set()
print(sem.acquire())
event.clear()
print(event.is_set())

def producer():
    cond.acquire()
    items.append(7)
    cond.notify()
    cond.release()

cond.acquire()
print(cond.wait(50))
thread(producer)
while not items:
    cond.wait()
cond.release()
print(items)

class Mine(threading.Thread):
    def run(self):
        print("overridden")

m = Mine()
m.start()
m.join(1000)
