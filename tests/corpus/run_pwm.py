import streams
import timers
import pwm

streams.serial()
pinMode(D5, OUTPUT)
pwm.write(D5.PWM, 1000, 100)
pwm.write(D5.PWM, 500, 10, MICROS)
analogWrite(D5.PWM, 1000, 100)
pwm.write(D5.PWM, 0, 0)
begun = timers.now()
pwm.write(D5.PWM, 1000, 100, npulses=5)
print(timers.now() - begun)
print(D5.PWM != D6.PWM, A3.ADC != A2.ADC)
