import streams
import timers

streams.serial()
pinMode(BTN0, INPUT)

def pressed():
    print("pressed at", timers.now())

def released(name):
    print(name, "released at", timers.now())

onPinRise(BTN0, pressed)
onPinFall(BTN0, released, "button")
print(digitalRead(BTN0))
sleep(3500)
print(digitalRead(BTN0))
sleep(2000)
onPinRise(BTN0, None)
onPinFall(BTN0, None)
