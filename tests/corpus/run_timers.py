import streams
import timers

streams.serial()

def once(arg):
    print("once", arg)

def tick():
    print("tick", timers.now() // 1000)

a = timers.timer()
a.one_shot(500, once, "argument")
b = timers.timer()
b.interval(1000, tick)
c = timers.timer()
c.start()
sleep(3500)
print(c.get())
print(c.reset())
sleep(100)
print(c.get())
b.clear()
sleep(2000)
b.interval(1000, tick)
sleep(1500)
b.destroy()
a.one_shot(500, once, 2)
a.clear()
sleep(1000)
print("end")
