import streams
import timers

streams.serial()
begun = timers.now()
sleep(250)
print(timers.now() - begun)
sleep(2, SECONDS)
print(timers.now() - begun)
sleep(500000, MICROS)
print(timers.now() - begun)
sleep(1.5, time_unit=SECONDS)
print(timers.now() - begun)
sleep(100, MILLIS)
print(timers.now() - begun)
