import streams

streams.serial()
new_exception(SensorError, PeripheralError, "the sensor is silent")
new_exception(LoneError, Exception)

def fail():
    raise SensorError

try:
    fail()
except PeripheralError as e:
    print("caught")
try:
    raise LoneError
except SensorError:
    print("wrong")
except LoneError:
    print("the lone one")
