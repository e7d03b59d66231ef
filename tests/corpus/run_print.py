import streams

s = streams.serial()
print("one", 2, 3.5, None, True)
print("a", "b", sep="-", end="!\n")
print("to the stream", stream=s)
s.write("written\n")

class Collector:
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text = self.text + text

c = Collector()
print("kept", 7, stream=c)
print(len(c.text), c.text[0:4])
print()
__builtins__.__default_stream = c
print("this too")
__builtins__.__default_stream = s
print(len(c.text))
