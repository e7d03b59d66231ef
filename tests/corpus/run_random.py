import streams

streams.serial()
seen = set()
for i in range(400):
    seen.add(random(3, 5))
print(sorted(seen))
print(random(7, 7))
n = random()
print(n == int(n), n >= 0)
