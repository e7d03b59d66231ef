import streams

streams.serial()

def matches(child, parent):
    try:
        raise child
    except parent:
        return True
    except Exception:
        return False

pairs = [
    (FloatingPointError, ArithmeticError), (OverflowError, ArithmeticError), (ZeroDivisionError, ArithmeticError),
    (IndexError, LookupError), (KeyError, LookupError), (InvalidPinError, PeripheralError),
    (InvalidHardwareStatusError, PeripheralError), (HardwareInitializationError, PeripheralError),
    (ConnectionError, IOError), (ConnectionAbortedError, ConnectionError), (ConnectionRefusedError, ConnectionError),
    (ConnectionResetError, ConnectionError), (TimeoutError, IOError), (NotImplementedError, RuntimeError),
    (UnsupportedError, RuntimeError), (AttributeError, Exception), (MemoryError, Exception), (NameError, Exception),
    (TypeError, Exception), (ValueError, Exception), (StopIteration, Exception), (PeripheralError, Exception),
]
print(all([matches(c, p) for c, p in pairs]))
print(matches(ValueError, LookupError), matches(IOError, PeripheralError))
try:
    x = 1 / 0
except ArithmeticError as e:
    print("division")
