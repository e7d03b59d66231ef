import streams
import rtc

streams.serial()
rtc.set_utc(1500000000)
t = rtc.get_utc()
print(t.tv_seconds, t.tm_year, t.tm_month, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_wday, t.tm_yday)
sleep(2500)
print(rtc.get_utc(0), rtc.get_utc(1)[0])
rtc.set_utc(10, 250000)
print(rtc.get_utc(1))
