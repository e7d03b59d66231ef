import streams
from wireless import wifi
from espressif.esp32net import esp32wifi as wifi_driver
from servo import servo
from zerynth.neopixel import ledstrips

streams.serial()

def refused(what, fn):
    try:
        fn()
        print(what, "worked")
    except UnsupportedError as e:
        print(what, "refused:", len(str(e)) > 20)

refused("wifi driver", lambda: wifi_driver.auto_init())
refused("wifi", lambda: wifi.link("ssid", wifi.WIFI_WPA2, "password"))
refused("servo", lambda: servo.Servo(D11.PWM, 500, 2500, 1500, 20000))
refused("LED strip", lambda: ledstrips.LedStrip(D6, 16))
