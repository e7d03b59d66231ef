import streams

streams.serial()
print(hex(255), hex(255, ""), hex(255, "#"), hex(10, prefix="0x0"), hex(-42))
