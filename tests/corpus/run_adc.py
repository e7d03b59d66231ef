import streams
import adc

streams.serial()
print(adc.read(A0))
x = adc.read(A0, 3)
print(len(x))
y = adc.read([A0, A1], 4)
print(len(y), len(y[0]))
print(analogRead(A0), len(analogRead(A0, 2)))
values = []
for i in range(50):
    values.append(adc.read(A2))
    sleep(20)
print(min(values) >= 0, max(values) <= 4095, max(values) - min(values) > 3000)
